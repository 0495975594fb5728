"""The ASGI application: security, dispatch, the Datasette plugin and the server."""
