# bash completion for tidegate(1)
_tidegate() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev='' command='' word i
  ((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      --runtime-dir | --color) ((i++)) ;;
      -*) ;;
      *)
        if [[ -z $command ]]; then
          command=$word
        elif [[ $command == config ]]; then
          command="config $word"
        fi
        ;;
    esac
  done
  case $prev in
    --runtime-dir) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); compopt -o filenames; return ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur"); return ;;
    --config) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); compopt -o filenames; return ;;
    -m | --model | -s | --system) return ;;
  esac
  local global='--runtime-dir --color --help' words=''
  case $command in
    '') words="status health exchanges queue chat reload drain config version --version" ;;
    status) words='--json --watch' ;;
    health | exchanges | queue | 'config show') words='--json' ;;
    drain) words='--no-wait' ;;
    chat) words='--model --system --no-stream --json --verbose' ;;
    config) words='check show digest' ;;
    'config check')
      if [[ $cur != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        compopt -o filenames
        return
      fi
      ;;
    'config digest') words='--config' ;;
  esac
  [[ $cur == -* ]] && words="$words $global"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _tidegate tidegate
