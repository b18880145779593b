"""WHEN things happen: Prefect flows, each of which reads as a list of steps."""
