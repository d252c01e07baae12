"""The tables of an app's models as files for whoever makes them: `invoke dynamo.schema`."""
