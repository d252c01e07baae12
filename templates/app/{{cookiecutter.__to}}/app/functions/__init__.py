"""One folder for each function; its `handler.py` is deployed as `app_index.<folder>`."""
