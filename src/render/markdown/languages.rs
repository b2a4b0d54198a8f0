//! What has to be known of a language to colour it: comments, quotes, words.

/// Languages that are written alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Language {
    /// What stands behind the fence.
    pub names: &'static str,
    /// What begins a comment up to the end of the line.
    pub comments: &'static [&'static str],
    /// What begins and ends a comment of any number of lines.
    pub long_comment: Option<(&'static str, &'static str)>,
    /// What begins and ends a text on one line.
    pub quotes: &'static str,
    /// What begins and ends a text of any number of lines.
    pub long_quotes: &'static [&'static str],
    pub words: &'static str,
    pub manner: Manner,
}

/// What is special about a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Plain,
    /// A single quote may begin the name of a lifetime, or a type variable.
    Lifetimes,
    /// Words are the same in upper and lower case.
    AnyCase,
    /// Words are the names of tags.
    Tags,
    /// Words are what stands before a colon or an equals sign.
    Keys,
    /// A line is coloured by its first character.
    Changes,
}

const C_COMMENT: Option<(&str, &str)> = Some(("/*", "*/"));

const fn language(
    names: &'static str,
    comments: &'static [&'static str],
    long_comment: Option<(&'static str, &'static str)>,
    quotes: &'static str,
    words: &'static str,
) -> Language {
    Language {
        names,
        comments,
        long_comment,
        quotes,
        long_quotes: &[],
        words,
        manner: Manner::Plain,
    }
}

const fn with(language: Language, manner: Manner) -> Language {
    Language { manner, ..language }
}

const fn with_long(language: Language, long_quotes: &'static [&'static str]) -> Language {
    Language {
        long_quotes,
        ..language
    }
}

impl Language {
    /// The language of this name, in any case.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        let name = name.to_ascii_lowercase();
        let is_named = |language: &&Self| language.names.split(' ').any(|it| it == name);
        LANGUAGES.iter().find(is_named)
    }
}

pub(super) static LANGUAGES: [Language; 27] = [
    with(
        language(
            "rust rs",
            &["//"],
            C_COMMENT,
            "\"'",
            "as async await box break const continue crate dyn else enum extern false fn for if \
             impl in let loop macro_rules match mod move mut pub ref return self Self static \
             struct super trait true type union unsafe use where while yield",
        ),
        Manner::Lifetimes,
    ),
    language(
        "c cc cpp c++ cxx h hpp objc objective-c cuda arduino ino glsl hlsl",
        &["//"],
        C_COMMENT,
        "\"'",
        "alignas alignof auto bool break case catch char class const constexpr continue decltype \
         default define delete do double else endif enum explicit extern false final float for \
         friend goto if ifdef ifndef include inline int long mutable namespace new noexcept nullptr \
         operator override private protected public register return short signed sizeof static \
         struct switch template this throw true try typedef typename union unsigned using virtual \
         void volatile while NULL",
    ),
    with_long(
        language(
            "java kotlin kt kts scala groovy gradle",
            &["//"],
            C_COMMENT,
            "\"'",
            "abstract as assert boolean break byte case catch char class companion const continue \
             data def default do double else enum extends false final finally float for fun if \
             implements import in init instanceof int interface internal is lateinit lazy long \
             match native new null object open operator override package private protected public \
             return sealed short static super suspend switch synchronized this throw throws trait \
             transient true try type val var void volatile when where while with yield",
        ),
        &["\"\"\""],
    ),
    language(
        "csharp cs c# fsharp fs f#",
        &["//"],
        C_COMMENT,
        "\"'",
        "abstract and as async await base bool break byte case catch char checked class const \
         continue decimal default delegate do double dynamic elif else enum event explicit extern \
         false finally fixed float for foreach fun get goto if implicit in int interface internal \
         is let lock long match module mutable namespace new null object of open operator out \
         override params private protected public readonly record ref rec return sbyte sealed set \
         short sizeof static string struct switch then this throw true try type typeof uint ulong \
         unsafe using var virtual void volatile when where while with yield",
    ),
    with_long(
        language(
            "go golang",
            &["//"],
            C_COMMENT,
            "\"'",
            "any bool break byte case chan const continue default defer else error fallthrough \
             false float64 for func go goto if import int int64 interface iota len make map new \
             nil package range return rune select string struct switch true type var",
        ),
        &["`"],
    ),
    with_long(
        language(
            "javascript js jsx mjs typescript ts tsx node svelte",
            &["//"],
            C_COMMENT,
            "\"'",
            "abstract any as async await boolean break case catch class const continue debugger \
             declare default delete do else enum export extends false finally for from function get \
             if implements import in instanceof interface keyof let namespace new null number of \
             package private protected public readonly return set static string super switch this \
             throw true try type typeof undefined unknown var void while with yield",
        ),
        &["`"],
    ),
    with_long(
        language(
            "python py python3 ipython starlark bzl",
            &["#"],
            None,
            "\"'",
            "False None True and as assert async await break case class continue def del elif else \
             except finally for from global if import in is lambda match nonlocal not or pass raise \
             return self try while with yield",
        ),
        &["\"\"\"", "'''"],
    ),
    language(
        "ruby rb crystal",
        &["#"],
        None,
        "\"'`",
        "alias and attr_accessor attr_reader begin break case class def defined do else elsif end \
         ensure extend false for if in include lambda loop module next nil not or private proc \
         protected public puts raise redo require rescue retry return self super then true undef \
         unless until when while yield",
    ),
    language(
        "php",
        &["//", "#"],
        C_COMMENT,
        "\"'",
        "abstract and array as break callable case catch class clone const continue declare default \
         do echo else elseif empty enum extends false final finally fn for foreach function global \
         if implements include include_once instanceof interface isset match namespace new null or \
         print private protected public readonly require require_once return static switch this \
         throw trait true try unset use var void while yield",
    ),
    with_long(
        language(
            "swift dart",
            &["//"],
            C_COMMENT,
            "\"'",
            "abstract any as associatedtype async await break case catch class const continue \
             convenience default defer deinit do dynamic else enum extension external factory false \
             fileprivate final for func get guard if implements import in indirect init inout \
             internal is late lazy let mixin mutating nil null open operator override private \
             protocol public required rethrows return self Self set some static struct subscript \
             super switch this throw throws true try typealias typedef var void weak where while \
             with yield",
        ),
        &["\"\"\""],
    ),
    language(
        "bash sh shell zsh fish ksh console shell-session shellsession terminal",
        &["#"],
        None,
        "\"'`",
        "alias break case cd continue do done echo elif else end esac eval exec exit export fi for \
         function if in local read readonly return select set shift source sudo test then trap \
         unset until while",
    ),
    with(
        language(
            "powershell ps1 pwsh",
            &["#"],
            Some(("<#", "#>")),
            "\"'",
            "begin break catch class continue data do dynamicparam else elseif end enum exit filter \
             finally for foreach from function hidden if in param process return static switch \
             throw trap try until using while",
        ),
        Manner::AnyCase,
    ),
    with(
        language(
            "sql mysql postgresql postgres psql plsql sqlite tsql",
            &["--"],
            C_COMMENT,
            "\"'`",
            "add all alter and any as asc begin between bigint boolean by cascade case check column \
             commit constraint create cross database date default delete desc distinct drop else end \
             exists explain false foreign from full function group having if in index inner insert \
             int integer into is join key left like limit not null offset on or order outer over \
             partition primary references replace returning right rollback select set table text \
             then timestamp transaction trigger true union unique update using values varchar view \
             when where with",
        ),
        Manner::AnyCase,
    ),
    language(
        "lua",
        &["--"],
        Some(("--[[", "]]")),
        "\"'",
        "and break do else elseif end false for function goto if in local nil not or repeat return \
         self then true until while",
    ),
    with(
        language(
            "haskell hs elm purescript idris",
            &["--"],
            Some(("{-", "-}")),
            "\"'",
            "as case class data default deriving do else exposing family forall foreign hiding if \
             import in infix infixl infixr instance let mdo module newtype of port qualified rec \
             then type where",
        ),
        Manner::Lifetimes,
    ),
    with(
        language(
            "ocaml ml reason",
            &[],
            Some(("(*", "*)")),
            "\"'",
            "and as assert begin class constraint do done downto else end exception external false \
             for fun function functor if in include inherit initializer lazy let match method \
             module mutable new nonrec object of open or private rec sig struct then to true try \
             type val virtual when while with",
        ),
        Manner::Lifetimes,
    ),
    language(
        "lisp elisp emacs-lisp clojure clj cljs scheme racket common-lisp",
        &[";"],
        None,
        "\"",
        "and begin case cond def define defmacro defn defun defvar do else fn if lambda let let* \
         letrec loop nil ns or quote recur require set! setq unless when",
    ),
    language(
        "r julia jl",
        &["#"],
        None,
        "\"'",
        "TRUE FALSE NULL NA Inf NaN abstract baremodule begin break catch const do else elseif end \
         export false finally for function global if import in let library local macro module \
         mutable next nothing quote repeat return struct true try using where while",
    ),
    language(
        "perl pl raku",
        &["#"],
        None,
        "\"'`",
        "and cmp continue do else elsif eq for foreach ge given gt if last le local lt my ne next \
         no not or our package print redo require return say sub undef unless until use when while",
    ),
    language(
        "elixir ex exs erlang erl",
        &["#", "%"],
        None,
        "\"'",
        "after alias and begin case catch cond def defmodule defp defmacro defstruct do else end \
         false fn for fun if import in nil not of or quote raise receive require rescue true try \
         unless unquote use when with",
    ),
    language(
        "zig nix",
        &["//", "#"],
        C_COMMENT,
        "\"'",
        "and anytype assert async await break catch comptime const continue defer else enum errdefer \
         error export extern false fn for if import in inherit inline let let null or orelse packed \
         pub rec resume return struct suspend switch test then true try undefined union unreachable \
         usingnamespace var void volatile while with",
    ),
    with(
        language(
            "html xml svg vue xhtml rss plist",
            &[],
            Some(("<!--", "-->")),
            "\"'",
            "",
        ),
        Manner::Tags,
    ),
    with(
        language(
            "css scss sass less yaml yml",
            &["#", "//"],
            C_COMMENT,
            "\"'",
            "",
        ),
        Manner::Keys,
    ),
    language(
        "json jsonc json5 jsonl",
        &["//"],
        C_COMMENT,
        "\"",
        "true false null",
    ),
    with(
        language(
            "toml ini conf cfg properties env dotenv systemd",
            &["#", ";"],
            None,
            "\"'",
            "",
        ),
        Manner::Keys,
    ),
    with(
        language(
            "dockerfile docker makefile make cmake just nginx hcl terraform tf",
            &["#"],
            None,
            "\"'",
            "add arg cmd copy data define else endef endif entrypoint env expose export from healthcheck \
             if ifdef ifeq ifndef ifneq include label location module onbuild output provider resource \
             run server set shell stopsignal user variable volume workdir",
        ),
        Manner::AnyCase,
    ),
    with(language("diff patch", &[], None, "", ""), Manner::Changes),
];
