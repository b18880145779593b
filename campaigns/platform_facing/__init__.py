"""The web app that platforms call, apart from the portal: verify, store raw, answer as the platform expects."""
