# Which of TARGETS ("host:port", one a line) this host reaches by TCP. Facts: reach <target> <ms>,
# unreachable <target>. PATIENCE: seconds for each.
if ! command -v bash >/dev/null; then fail "the host has no bash to connect with"; fi
for target in $TARGETS; do
  begun=$(date +%s%N)
  # The name and port are arguments of the inner shell, not part of its text.
  if timeout "$PATIENCE" bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "${target%:*}" "${target##*:}" \
    2>/dev/null; then
    fact reach "$target $((($(date +%s%N) - begun) / 1000000))"
  else
    fact unreachable "$target"
  fi
done
exit 0
