"""The darkroom: pictures of replies are made such as phones and carriers take them, in a process of their own."""

from adapters.pictures.client import PATIENCE, PictureDarkroom

__all__ = ["PATIENCE", "PictureDarkroom"]
