"""What an app's sources of events run on while it is developed: the embedded AWS, ElasticMQ, RabbitMQ."""
