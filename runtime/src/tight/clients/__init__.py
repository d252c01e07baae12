"""Clients of AWS services; each module is imported only by the functions that use it."""
