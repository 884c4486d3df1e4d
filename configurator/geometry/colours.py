"""Colours as light."""


def linear(colour: str) -> list[float]:
    """Return the linear light of an sRGB colour, #rrggbb. Source: IEC 61966-2-1."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [
        round(each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4, 6)
        for each in shares
    ]
