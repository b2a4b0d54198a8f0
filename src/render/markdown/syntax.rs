//! The extensions of CommonMark that the parser reads.

use pulldown_cmark::Options;

/// The extensions that models use: tables, strikethrough and task lists.
pub(super) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);
