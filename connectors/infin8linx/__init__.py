"""Infin8linx voice platform, batch IVR: numbers are handed over in batches and reported by callbacks and bills."""
