# Completion of arcus for bash: source it, or install it as
# /usr/share/bash-completion/completions/arcus.

_arcus() {
  local word=$2 previous=$3 i group='' verb='' offer
  local shared='-h --help -z --zklist --config --format --dry-run -y --yes -j --jobs --timeout
    -v --verbose -q --quiet --no-color -i --identity -u --ssh-user --ssh-port --host-keys'

  # The value of an option.
  case $previous in
    --config | --package | -i | --identity) _arcus_files "$word"; return ;;
    --format) COMPREPLY=($(compgen -W 'text json' -- "$word")); return ;;
    --host-keys) COMPREPLY=($(compgen -W 'accept-new strict off' -- "$word")); return ;;
    -u | --ssh-user) COMPREPLY=($(compgen -u -- "$word")); return ;;
    -z | --zklist | -j | --jobs | --timeout | --ssh-port | --node | --width | --lines) return ;;
  esac

  # The command so far, past options and their values.
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      -z | --zklist | --config | --format | -j | --jobs | --timeout | -i | --identity | \
        -u | --ssh-user | --ssh-port | --host-keys | --package | --node | --width | --lines) ((++i)) ;;
      -*) ;;
      zookeeper | memcached) if [[ -z $group ]]; then group=${COMP_WORDS[i]}; fi ;;
      *) if [[ -z $verb ]]; then verb="${group:+$group }${COMP_WORDS[i]}"; fi ;;
    esac
  done

  if [[ $word == -* ]]; then
    case ${verb:-$group} in
      '') shared+=' --version' ;;
      deploy | quicksetup) shared+=' --package' ;;
      ping) shared+=' --write' ;;
      'memcached unregister') shared+=' --force' ;;
      'memcached start' | 'memcached stop') shared+=' --node' ;;
      'memcached restart') shared+=' --node --width --canary' ;;
      'memcached logs') shared+=' --node --lines --follow' ;;
    esac
    COMPREPLY=($(compgen -W "$shared" -- "$word"))
    return
  fi

  case ${verb:-$group} in
    '') offer='deploy quicksetup ping zookeeper memcached' ;;
    zookeeper) offer='init start stop stat' ;;
    memcached) offer='register unregister start stop restart enable disable logs list listall' ;;
    deploy | quicksetup | 'memcached register') _arcus_files "$word"; return ;;
    *) return ;;
  esac
  COMPREPLY=($(compgen -W "$offer" -- "$word"))
}

_arcus_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

complete -F _arcus arcus
