//! What the parser knows besides CommonMark.

use pulldown_cmark::Options;

/// What models write besides CommonMark: tables, strikethrough and task lists.
pub(super) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);
