# shellcheck shell=bash
# shellcheck disable=SC2154 # the caller sets `architecture`
# Where the code comes from: a clone builds it, a release (deploy/release) holds it. Sourced behind aws.sh.

# In a release the file RELEASE has its name, such as gatehouse-1.2.3-linux-arm64; a clone has none.
is_release() { [ -f RELEASE ]; }

# The command line that belongs to these scripts.
command_line() { if is_release; then printf './gatehouse'; else printf '.build/lambda/gatehouse'; fi; }

# The zip that belongs to these scripts: built, or beside what was unpacked.
zip_of_ours() {
    local file folder
    if ! is_release; then
        say "packaging"
        deploy/package >&2
        printf '%s/.build/lambda/gatehouse.zip' "$PWD"
        return
    fi
    read -r file <RELEASE
    file=${file%-*}-${architecture:-${file##*-}}.zip
    for folder in "$PWD" "$(dirname "$PWD")"; do
        [ -f "$folder/$file" ] || continue
        printf '%s/%s' "$folder" "$file"
        return
    done
    fail "there is no $file in $PWD or the folder above: download it from where the release is from, or give --zip"
}

# architecture_of ZIP: what the name of a release's zip says; any other was built on a machine like this one.
architecture_of() {
    case "$1" in
        *-linux-x86_64.zip) printf 'x86_64' ;;
        *-linux-arm64.zip) printf 'arm64' ;;
        *) uname -m ;;
    esac
}
