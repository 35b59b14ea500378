# fish completion for tidegate(1)
set -l commands status health exchanges queue chat reload drain config version
set -l none "not __fish_seen_subcommand_from $commands"
set -l no_part "__fish_seen_subcommand_from config; and not __fish_seen_subcommand_from check show digest"

complete -c tidegate -f
complete -c tidegate -l runtime-dir -x -a '(__fish_complete_directories)' -d 'Folder of the sockets of the daemon'
complete -c tidegate -l color -x -a 'auto always never' -d 'Colour the output'
complete -c tidegate -s h -l help -d 'Print help and exit'
complete -c tidegate -n $none -l version -d 'Print the version and exit'

complete -c tidegate -n $none -a status -d 'Show the gateway, its proxy and its queue'
complete -c tidegate -n $none -a health -d 'List what is wrong now'
complete -c tidegate -n $none -a exchanges -d 'List the requests on their way and the last ones'
complete -c tidegate -n $none -a queue -d 'List who waits for what, in the order of going'
complete -c tidegate -n $none -a chat -d 'Send one message and print the answer as it comes'
complete -c tidegate -n $none -a reload -d 'Read the configuration file again'
complete -c tidegate -n $none -a drain -d 'Finish the running requests, take no new ones, stop'
complete -c tidegate -n $none -a config -d 'Check or show the configuration'
complete -c tidegate -n $none -a version -d 'Print the versions of this program and the daemon'

complete -c tidegate -n '__fish_seen_subcommand_from status health exchanges queue chat show' -l json -d 'Print the JSON unchanged'
complete -c tidegate -n '__fish_seen_subcommand_from status' -l watch -d 'Show it again every second'
complete -c tidegate -n '__fish_seen_subcommand_from drain' -l no-wait -d 'Return at once'
complete -c tidegate -n '__fish_seen_subcommand_from chat' -s m -l model -x -d 'The model'
complete -c tidegate -n '__fish_seen_subcommand_from chat' -s s -l system -x -d 'A system message to put before it'
complete -c tidegate -n '__fish_seen_subcommand_from chat' -l no-stream -d 'Ask for the answer in one piece'
complete -c tidegate -n '__fish_seen_subcommand_from chat' -s v -l verbose -d 'Always tell model, time and tokens'
complete -c tidegate -n $no_part -a check -d 'Check a file as the daemon would'
complete -c tidegate -n $no_part -a show -d 'Show the configuration in force'
complete -c tidegate -n $no_part -a digest -d 'Print the digest of the llm: block'
complete -c tidegate -n '__fish_seen_subcommand_from check' -F
complete -c tidegate -n '__fish_seen_subcommand_from digest' -l config -r -F -d 'The digest of this file instead'
