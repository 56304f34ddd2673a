"""Links that pages need not spell out: public names, and names of other libraries."""

import inspect
import re

import _pages
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

ROOM_OF = {name: room for room, names in _pages.public_names().items() for name in names}
# Where other libraries document a name. Nothing is fetched when the site is built.
ADDRESSES = {
    "sklearn": "https://scikit-learn.org/stable/modules/generated/{}.html",
    "imblearn": "https://imbalanced-learn.org/stable/references/generated/{}.html",
}
EXAMPLE = "sphx_glr_auto_examples_"  # how scikit-learn's docstrings name a page of its gallery
ADDRESS_OF_EXAMPLES = "https://scikit-learn.org/stable/auto_examples/{}/{}.html"
FOREIGN = ("sklearn", "imblearn", "numpy", "pandas", "torch", "skorch")


class LinkPublicNames(SphinxPostTransform):
    """Make code that is a public name, such as `Windows`, a link to its page."""

    default_priority = 5

    def run(self, **kwargs):
        """Replace the literals of one page."""
        for literal in list(self.document.findall(nodes.literal)):
            name = full_name(literal.astext().removesuffix("()"))
            inside_link = isinstance(literal.parent, nodes.reference | addnodes.pending_xref)
            if name is None or inside_link:
                continue
            page = f"api/{name.split('.')[1]}/{name}"
            if page != self.env.docname:
                here = self.env.docname
                literal.replace_self(make_refnode(self.app.builder, here, page, name, literal.deepcopy()))


def full_name(code):
    """The public name that a piece of code is, with its module; None if it is something else."""
    room = ROOM_OF.get(code.rpartition(".")[2])
    full = f"sklearn_har.{room}.{code.rpartition('.')[2]}"
    return full if room and f".{full}".endswith(f".{code}") else None


def link_elsewhere(app, env, node, contnode):
    """Link our names and those of other libraries; anything else in single quotes is code."""
    target = node.get("reftarget", "")
    kind = (node.get("refdomain"), node.get("reftype"))
    library = target.split(".")[0]
    if kind[0] == "py" and full_name(target):
        name = full_name(target)
        return make_refnode(app.builder, node["refdoc"], f"api/{name.split('.')[1]}/{name}", name, contnode)
    if kind[0] == "py" and library in ADDRESSES and target.count(".") > 1:
        return nodes.reference("", "", contnode, refuri=ADDRESSES[library].format(target))
    if kind == ("py", "obj") or library in FOREIGN:
        return contnode
    if kind in (("std", "ref"), ("std", "term")) and "sklearn" in (node.source or ""):
        if target.startswith(EXAMPLE):
            folder, _, script = target.removeprefix(EXAMPLE).removesuffix(".py").partition("_")
            address = ADDRESS_OF_EXAMPLES.format(folder, script)
            return nodes.reference("", "scikit-learn's gallery", refuri=address)
        return contnode  # sections and words of scikit-learn's guide, in docstrings that are inherited
    return None


def skip_foreign_members(app, what, name, found, skip, options):
    """Leave out what torch and other bases bring, and the setters of scikit-learn's metadata routing."""
    if name.endswith("_request") or name == "get_metadata_routing":
        return True
    if name.startswith("_"):
        return None
    found = found.fget if isinstance(found, property) else inspect.unwrap(found)
    module = getattr(found, "__module__", None)
    if module and module.split(".")[0] not in ("sklearn_har", "sklearn", "imblearn"):
        return True
    return None


def escape_fitted_names(app, what, name, found, options, lines):
    """Keep fitted names, which end in an underscore, from being links where numpydoc names and types them."""
    for i, line in enumerate(lines):
        if line.lstrip().startswith("**"):
            lines[i] = re.sub(r"(?<=\w)_(?!\w)", r"\\_", line)
