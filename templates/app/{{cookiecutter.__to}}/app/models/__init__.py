"""DynamoDB models, each in a file named as its class: app/models/Account.py."""
