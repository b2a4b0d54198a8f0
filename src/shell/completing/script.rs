//! The scripts.

use super::super::cli::CompletingShell;

// No word of a user passes `eval` or `compgen -W`, which would run what is in it.

/// bash does not quote what a function gives it, so the program does: it knows where in
/// the line the text stands that readline is going to replace, which is the second
/// argument.
const BASH: &str = r#"# Completes the arguments of saylog in bash: source <(saylog --completions bash)
_saylog() {
    local kind word
    COMPREPLY=()
    {
        IFS= read -r kind
        while IFS= read -r word; do
            COMPREPLY+=("$word")
        done
    } < <(command saylog --complete bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
    if [[ $kind == files ]]; then
        compopt -o default 2>/dev/null
    fi
}
complete -F _saylog saylog
"#;

/// zsh quotes what it puts into a line by itself.
const ZSH: &str = r#"#compdef saylog
# Completes the arguments of saylog in zsh, as _saylog in a folder of $fpath or by
# source <(saylog --completions zsh)
_saylog() {
    local kind line
    local -a found shown
    {
        IFS= read -r kind
        while IFS= read -r line; do
            found+=("${line%%$'\t'*}")
            shown+=("${line/$'\t'/  -- }")
        done
    } < <(command saylog --complete zsh "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    if [[ $kind == files ]]; then
        [[ $PREFIX == --*=* ]] && compset -P 1 '*='
        _files
        return
    fi
    compadd -V saylog -l -d shown -- "${found[@]}"
}
if [[ ${funcstack[1]} == _saylog ]]; then
    _saylog "$@"
else
    compdef _saylog saylog
fi
"#;

/// So does fish.
const FISH: &str = r#"# Completes the arguments of saylog in fish, as saylog.fish in ~/.config/fish/completions
# or by saylog --completions fish | source
function __saylog_answer
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    command saylog --complete fish $before "$current" 2>/dev/null
end
function __saylog_words
    set -l answer (__saylog_answer)
    test "$answer[1]" = words; or return
    set -e answer[1]
    printf '%s\n' $answer
end
function __saylog_takes_file
    set -l answer (__saylog_answer)
    test "$answer[1]" = files
end
complete -c saylog -e
complete -c saylog -f -k -a '(__saylog_words)'
complete -c saylog -n __saylog_takes_file -F
"#;

/// The script that completes the arguments in a shell.
pub(crate) fn completion_script(shell: CompletingShell) -> &'static str {
    match shell {
        CompletingShell::Bash => BASH,
        CompletingShell::Zsh => ZSH,
        CompletingShell::Fish => FISH,
    }
}
