"""A pair as a command line's option."""

DOCUMENTATION = """
name: service_image_option
short_description: A pair as a command line's option
description: "{key: a, value: b} becomes [option, a=b]."
positional: option
options:
  _input: {description: A pair., type: dict, required: true}
  option: {description: The option's name., type: str, required: true}
"""


def service_image_option(pair: dict[str, object], option: str) -> list[str]:
    """`{key: a, value: b}` becomes `[option, "a=b"]`."""
    return [option, f"{pair['key']}={pair['value']}"]


class FilterModule:
    """Ansible's way to find filters."""

    def filters(self) -> dict[str, object]:
        """The one of this file."""
        return {"service_image_option": service_image_option}
