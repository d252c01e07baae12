"""The app's own database: DynamoDB Local where it is installed, else the embedded one."""
