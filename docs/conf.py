"""How Sphinx builds the site; `make docs` runs it."""

import os
import re
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("OMP_NUM_THREADS", "1")

import _pages
from _links import (
    LinkPublicNames,
    escape_fitted_names,
    link_elsewhere,
    skip_foreign_members,
)

import sklearn_har

project = "sklearn-har"
author = copyright = "The sklearn-har developers"
release = version = sklearn_har.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
    "myst_parser",
    "sphinx_design",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "gallery/*.md", "**/sg_execution_times.rst"]
root_doc = "index"
nitpicky = True
default_role = "obj"
highlight_language = "none"

autosummary_generate = True
autodoc_typehints = "none"
maximum_signature_line_length = 90
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False  # the template of a class lists them
numpydoc_use_plots = False

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"/plot_",
    "within_subsection_order": "FileNameSortKey",
    "backreferences_dir": "gallery/backreferences",
    "doc_module": ("sklearn_har",),
    "download_all_examples": False,
    "show_signature": False,
    "write_computation_times": False,  # its page fetches scripts from elsewhere
    "remove_config_comments": True,
    "plot_gallery": "True",
    "abort_on_example_error": False,
}

html_theme = "pydata_sphinx_theme"
html_title = "sklearn-har"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "../sklearn_har/deploy/web/icon.svg"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "header_links_before_dropdown": 5,
    "navbar_persistent": ["search-button"],
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {page: [] for page in ("index", "start", "peers", "changes", "glossary")}

# matplotlib says so at every plt.show() of an example, which sphinx-gallery then saves
warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")


def complete(app, page, source):
    """Fill in what pages leave to the site: the guide's contents, links, pictures of examples."""
    if page == "user_guide":
        source[0] = source[0].replace("<!-- chapters -->", _pages.guide_contents())
    examples = _pages.examples_of(source[0])
    source[0] = _pages.with_links_of_the_site(source[0], page)
    source[0] = source[0].replace("\n\n```\n", "\n```\n")  # doctest wants an empty line there, readers do not
    if examples:
        cards = " ".join(f"../{example}" for example in examples)
        source[0] += f"\n## Examples of it\n\n```{{eval-rst}}\n.. minigallery:: {cards}\n```\n"


def always_read(app, env, added, changed, removed):
    """The guide's contents follow from which pages there are, so it is read anew in every build."""
    return ["user_guide"]


def let_names_break(app, pagename, templatename, context, doctree):
    """Let headings that are names, or hold one, go on in a new line between the words of the name."""
    if "body" in context:
        context["body"] = re.sub(r"<h1>.*?</h1>", _with_breaks, context["body"], count=1)


def _with_breaks(heading):
    outside_tags = r"(?:(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z0-9]_)(?=[a-z0-9]))(?![^<]*>)"
    return re.sub(outside_tags, "<wbr>", heading.group())


def setup(app):
    """Connect what is ours to Sphinx."""
    _pages.write(_pages.api_pages() | _pages.measured_pages())
    app.connect("env-get-outdated", always_read)
    app.connect("source-read", complete)
    app.connect("autodoc-skip-member", skip_foreign_members)
    app.connect("autodoc-process-docstring", escape_fitted_names, priority=900)
    app.connect("missing-reference", link_elsewhere)
    app.connect("html-page-context", let_names_break)
    app.add_post_transform(LinkPublicNames)
