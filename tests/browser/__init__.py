"""The explorer in a browser, for the tests."""
