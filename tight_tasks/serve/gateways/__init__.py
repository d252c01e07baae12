"""The HTTP gateways of AWS, each as a pure module: a request becomes an event, an answer becomes a response."""
