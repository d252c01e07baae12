"""Packages for Lambda: installed aside for its platform, checked, and swapped into `vendor_dir`."""

FILE = "requirements-vendor.txt"  # what the functions need in Lambda
