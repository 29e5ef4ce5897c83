"""The incident workflow `v1-static`: what happens in chat because of an incident, in resumable steps."""

VERSION = "v1-static"
