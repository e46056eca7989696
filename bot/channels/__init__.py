"""Where customers talk to us: the website (`web`) and the messengers, one folder a platform."""
