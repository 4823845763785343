"""Typed broker clients from OpenAPI documents."""
