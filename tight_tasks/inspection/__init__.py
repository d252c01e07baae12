"""What examines an artifact before it is uploaded: a module for each check; `examination` puts them together."""
