"""Triplestores for the tests."""
