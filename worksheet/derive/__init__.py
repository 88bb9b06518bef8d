"""From a network and a convention to a worked solution, whole or in part."""
