"""The Web API, one function per method, filed by Slack's own families. `registry.METHODS` lists them all."""
