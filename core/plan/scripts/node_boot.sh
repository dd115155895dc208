# Has the nodes of a cloud that are wanted up come back after a reboot of the host, or not any more.
# DIR; SERVICE; ENABLE: yes or no. DIR/boot holds a file for each cloud that is enabled, and one
# systemd unit, or line of a crontab, starts the nodes of them all.
take_lock
marks=$DIR/boot
unit=arcus-cache-$(printf '%s' "$DIR" | cksum | cut -d ' ' -f 1).service
before=no
[ -f "$marks/$SERVICE" ] && before=yes
if [ "$ENABLE" = yes ]; then
  [ -x "$DIR/current/bin/arcus-supervise" ] ||
    fail "nothing is deployed in $DIR: run 'arcus deploy' first"
  mkdir -p "$marks" && : >"$marks/$SERVICE" || fail "cannot write $marks"
else
  rm -f "$marks/$SERVICE"
fi
wanted=no
[ -z "$(ls -A "$marks" 2>/dev/null)" ] || wanted=yes

# --- systemd: the machine's own where we are root, else the user's, which lingers without a login

unit_text() {
  # In a unit a backslash, a quote, a percent and a dollar sign mean something.
  quoted=$(printf '%s' "$DIR" | sed 's/[\\"]/\\&/g; s/%/%%/g; s/\$/$$/g')
  cat <<END
[Unit]
Description=Arcus cache nodes
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart="$quoted/current/bin/arcus-supervise" boot --dir "$quoted"
TimeoutStopSec=60

[Install]
WantedBy=$1
END
}

use_systemd() {
  if [ "$(id -u)" = 0 ]; then
    units=/etc/systemd/system target=multi-user.target
    set --
  else
    units=$HOME/.config/systemd/user target=default.target
    XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}
    export XDG_RUNTIME_DIR
    set -- --user
    if [ "$wanted" = yes ]; then
      loginctl enable-linger "$(id -un)" || fail "this user's processes may not outlive its logins"
    fi
  fi
  if [ "$wanted" = yes ]; then
    mkdir -p "$units" && unit_text "$target" >"$units/$unit.new" && mv "$units/$unit.new" "$units/$unit" ||
      fail "cannot write $units/$unit"
    systemctl "$@" daemon-reload && systemctl "$@" --quiet enable "$unit" ||
      fail "systemctl cannot enable $unit"
  elif [ -f "$units/$unit" ]; then
    systemctl "$@" --quiet disable "$unit"
    rm -f "$units/$unit"
    systemctl "$@" daemon-reload
  fi
}

# --- cron: one line, known by its end

use_crontab() {
  command -v crontab >/dev/null ||
    fail "this host has neither systemd nor a crontab: have '$DIR/current/bin/arcus-supervise boot --dir $DIR' run when it boots"
  quoted=$(printf '%s' "$DIR" | sed "s/'/'\\\\\\\\''/g; s/%/\\\\\\\\%/g")
  mark="# arcus nodes of $DIR"
  rest=$(crontab -l 2>/dev/null | grep -vF -- "$mark")
  {
    [ -z "$rest" ] || printf '%s\n' "$rest"
    [ "$wanted" = no ] ||
      printf '%s\n' "@reboot '$quoted/current/bin/arcus-supervise' boot --dir '$quoted' >/dev/null 2>&1 $mark"
  } | crontab - || fail "crontab does not take the line"
}

if [ -d /run/systemd/system ]; then use_systemd; else use_crontab; fi
[ "$before" != "$ENABLE" ] || unchanged
exit 0
