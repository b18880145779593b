"""A whole campaign on a stand-in platform: the sample, its folder, the platform's process."""
