"""What an Adaptive Card may be made of, as data: the part of the schema that Teams renders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SPACING = frozenset({"default", "none", "small", "medium", "large", "extralarge", "padding"})
SIZES = frozenset({"default", "small", "medium", "large", "extralarge"})
COLORS = frozenset({"default", "dark", "light", "accent", "good", "warning", "attention"})
STYLES = frozenset({"default", "emphasis", "good", "attention", "warning", "accent"})
ALIGN = frozenset({"left", "center", "right"})
VALIGN = frozenset({"top", "center", "bottom"})
IMAGE_SIZES = frozenset({"auto", "stretch", "small", "medium", "large"})

Enums = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Shape:
    """One type: what it must have, which values its properties may take and which properties hold elements."""

    required: tuple[str, ...] = ()
    enums: Enums = field(default_factory=dict)
    elements: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    single_actions: tuple[str, ...] = ()
    only: str = ""


_BLOCK: Enums = {"spacing": SPACING, "horizontalAlignment": ALIGN, "height": frozenset({"auto", "stretch"})}
_BOX: Enums = {**_BLOCK, "style": STYLES, "verticalContentAlignment": VALIGN}
_INPUT: Enums = {**_BLOCK, "labelPosition": frozenset({"inline", "above"})}
_TEXT: Enums = {
    "size": SIZES,
    "weight": frozenset({"default", "lighter", "bolder"}),
    "color": COLORS,
    "fontType": frozenset({"default", "monospace"}),
}

ELEMENTS: Mapping[str, Shape] = {
    "TextBlock": Shape(("text",), {**_BLOCK, **_TEXT, "style": frozenset({"default", "heading", "columnheader"})}),
    "RichTextBlock": Shape(("inlines",), _BLOCK),
    "Image": Shape(
        ("url",),
        {**_BLOCK, "size": IMAGE_SIZES, "style": frozenset({"default", "person", "roundedcorners"})},
        single_actions=("selectAction",),
    ),
    "ImageSet": Shape(("images",), {**_BLOCK, "imageSize": IMAGE_SIZES}, elements=("images",), only="Image"),
    "Container": Shape(("items",), _BOX, elements=("items",), single_actions=("selectAction",)),
    "ColumnSet": Shape(
        (), {**_BLOCK, "style": STYLES}, elements=("columns",), single_actions=("selectAction",), only="Column"
    ),
    "Column": Shape((), _BOX, elements=("items",), single_actions=("selectAction",)),
    "FactSet": Shape(("facts",), _BLOCK),
    "Table": Shape(("rows",), _BLOCK, elements=("rows",), only="TableRow"),
    "TableRow": Shape((), {"style": STYLES}, elements=("cells",), only="TableCell"),
    "TableCell": Shape((), _BOX, elements=("items",)),
    "ActionSet": Shape(("actions",), _BLOCK, actions=("actions",)),
    "Input.Text": Shape(
        ("id",),
        {**_INPUT, "style": frozenset({"text", "tel", "url", "email", "password"})},
        single_actions=("inlineAction",),
    ),
    "Input.Number": Shape(("id",), _INPUT),
    "Input.Date": Shape(("id",), _INPUT),
    "Input.Time": Shape(("id",), _INPUT),
    "Input.Toggle": Shape(("id", "title"), _INPUT),
    "Input.ChoiceSet": Shape(("id",), {**_INPUT, "style": frozenset({"compact", "expanded", "filtered"})}),
}

TEXT_RUN = Shape(("text",), _TEXT, single_actions=("selectAction",))

_ACTION: Enums = {
    "style": frozenset({"default", "positive", "destructive"}),
    "mode": frozenset({"primary", "secondary"}),
    "associatedInputs": frozenset({"auto", "none"}),
}

ACTIONS: Mapping[str, Shape] = {
    "Action.Execute": Shape((), _ACTION),
    "Action.Submit": Shape((), _ACTION),
    "Action.OpenUrl": Shape(("url",), _ACTION),
    "Action.ShowCard": Shape(("card",), _ACTION),
    "Action.ToggleVisibility": Shape(("targetElements",), _ACTION),
}

VERSIONS = frozenset({"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"})
MOST_REFRESH_USERS = 5
