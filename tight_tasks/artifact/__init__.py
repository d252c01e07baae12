"""From an app's folder to what Lambda takes: one zip, a zip for each function, code and a layer, or an image."""
