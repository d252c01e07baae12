"""The host: an app as a long-lived service, for a container. See docs/guides/host.md."""
