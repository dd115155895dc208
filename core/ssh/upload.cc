// Session::upload: one file over SFTP with many writes under way, because a server that is asked
// one block at a time spends its life waiting for us.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>

#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/ssh/session.h"
#include "core/ssh/sftp.h"

namespace arcus::ssh {
namespace {

using sftp::Fields;
using sftp::Packet;
using sftp::Reply;
using sftp::SftpChannel;
using std::chrono::milliseconds;

constexpr std::size_t kBlock = 32 << 10;
// On a near host a few blocks keep it busy, and sshd gets slower the more wait in its buffers; a
// far one needs the whole window (2 MiB) on the way.
constexpr std::size_t kBlocksNear = 16;
constexpr std::size_t kBlocksFar = 64;
constexpr milliseconds kFar{5};
constexpr milliseconds kCleanUp{3000};

class Uploading {
 public:
  Uploading(SftpChannel channel, const SftpUpload& upload, UniqueFd local, const Cancel* cancel)
      : channel_(std::move(channel)), upload_(upload), local_(std::move(local)), cancel_(cancel) {}

  Status run() {
    Status status = open();
    if (status.ok()) status = send_all();
    if (status.ok()) status = close();
    if (!status.ok() && created_) left_behind_ = !remove();
    return status;
  }

  // The half file could not be taken away in time.
  bool left_behind() const { return left_behind_; }

 private:
  Wait wait() const { return {Deadline::in(upload_.stall_timeout), cancel_}; }

  // An old file is removed, not written into: it may be a link, or somebody's running program.
  Status open() {
    const std::uint32_t removing = channel_.next_id(), opening = channel_.next_id();
    { Packet(channel_.out(), sftp::kRemove, removing).text(upload_.remote_path); }
    {
      Packet(channel_.out(), sftp::kOpen, opening)
          .text(upload_.remote_path)
          .u32(sftp::kForWriting | sftp::kCreate | sftp::kExclusive)
          .u32(sftp::kHasPermissions)
          .u32(upload_.mode);
    }
    const Wait limit = wait();
    const Clock::Steady asked = Clock::real().now();
    Reply removed;
    for (;;) {
      Result<Reply> reply = channel_.next(limit);
      if (!reply) return failed("creating", reply.error());
      if (reply->id == removing) {
        removed = std::move(*reply);
      } else if (reply->type == sftp::kHandle) {
        handle_ = std::string(Fields(reply->body).text());
        created_ = true;
        blocks_under_way_ = Clock::real().now() - asked > kFar ? kBlocksFar : kBlocksNear;
        return {};
      } else {
        // If the old file could not go, that is the reason worth telling.
        const std::uint32_t why = Fields(removed.body).u32();
        const bool in_the_way = why != sftp::kOk && why != sftp::kNoSuchFile;
        return refused("creating", in_the_way ? removed : *reply);
      }
    }
  }

  Status send_all() {
    bool read_all = false;
    Wait limit = wait();
    while (!read_all || !blocks_.empty()) {
      while (!read_all && blocks_.size() < blocks_under_way_) {
        Result<bool> more = queue_block();
        if (!more) return more.error();
        read_all = !*more;
      }
      if (blocks_.empty()) break;
      if (Status status = channel_.exchange(limit); !status) {
        return failed("writing", status.error());
      }
      const std::uint64_t before = done_;
      while (std::optional<Reply> reply = channel_.take()) {
        if (Status status = settle(*reply); !status) return status;
      }
      if (done_ == before) continue;
      limit = wait();
      if (upload_.on_progress) upload_.on_progress(done_);
    }
    return {};
  }

  Result<bool> queue_block() {
    const ssize_t got = ::pread(local_.get(), block_, kBlock, static_cast<off_t>(offset_));
    if (got < 0) return errno_error("reading " + upload_.local_path, errno);
    if (got == 0) return false;
    const std::uint32_t id = channel_.next_id();
    const auto size = static_cast<std::size_t>(got);
    Packet(channel_.out(), sftp::kWrite, id).text(handle_).u64(offset_).text({block_, size});
    blocks_[id] = size;
    offset_ += size;
    return true;
  }

  Status settle(const Reply& reply) {
    const auto block = blocks_.find(reply.id);
    if (block == blocks_.end()) return {};
    if (reply.type != sftp::kStatus || Fields(reply.body).u32() != sftp::kOk) {
      return refused("writing", reply);
    }
    done_ += block->second;
    blocks_.erase(block);
    return {};
  }

  // The mode is set once more because the server's umask had a say when it was created.
  Status close() {
    const std::uint32_t setting = channel_.next_id(), closing = channel_.next_id();
    {
      Packet(channel_.out(), sftp::kFsetstat, setting)
          .text(handle_)
          .u32(sftp::kHasPermissions)
          .u32(upload_.mode);
    }
    { Packet(channel_.out(), sftp::kClose, closing).text(handle_); }
    const Wait limit = wait();
    for (int answers = 0; answers < 2; ++answers) {
      Result<Reply> reply = channel_.next(limit);
      if (!reply) return failed("closing", reply.error());
      if (Fields(reply->body).u32() != sftp::kOk) return refused("closing", *reply);
    }
    return {};
  }

  // Also after a Ctrl-C: nobody may find half a file. False when the server did not confirm it.
  bool remove() {
    const Wait limit{Deadline::in(kCleanUp), nullptr};
    { Packet(channel_.out(), sftp::kClose, channel_.next_id()).text(handle_); }
    const std::uint32_t last = channel_.next_id();
    { Packet(channel_.out(), sftp::kRemove, last).text(upload_.remote_path); }
    for (;;) {
      const Result<Reply> reply = channel_.next(limit);
      if (!reply || reply->id == last) return reply.ok();
    }
  }

  Error failed(const std::string& doing, const Error& error) const {
    Error result = error.in(doing + " " + upload_.remote_path);
    if (error.code == ErrorCode::kTimeout) {
      result.message += " (no progress for " +
                        std::to_string(upload_.stall_timeout.count() / 1000) + " s at " +
                        format_bytes(done_) + ")";
    }
    return result;
  }

  Error refused(const std::string& doing, const Reply& reply) const {
    Fields fields(reply.body);
    const std::uint32_t code = reply.type == sftp::kStatus ? fields.u32() : sftp::kFailure;
    const std::string said = printable(fields.text());
    std::string reason = said.empty() ? "status " + std::to_string(code) : said;
    if (code == sftp::kPermissionDenied) {
      reason = "permission denied";
    } else if (code == sftp::kNoSuchFile) {
      reason = "the directory does not exist";
    } else if (code == sftp::kFailure && doing != "creating") {
      // SFTP has no word for it; this is what it nearly always means once the file is open.
      reason = "no space left on the device, or over quota (the server says only '" + said +
               "'), after " + format_bytes(done_);
    }
    return {ErrorCode::kRemote, doing + " " + upload_.remote_path + ": " + reason, false};
  }

  SftpChannel channel_;
  const SftpUpload& upload_;
  UniqueFd local_;
  const Cancel* cancel_;
  std::string handle_;
  bool created_ = false;
  bool left_behind_ = false;
  std::uint64_t offset_ = 0;  // asked for
  std::uint64_t done_ = 0;    // written, the server says
  std::size_t blocks_under_way_ = kBlocksNear;
  char block_[kBlock];
  std::map<std::uint32_t, std::size_t> blocks_;  // under way, by request
};

}  // namespace

Status Session::upload(const SftpUpload& upload, const Cancel* cancel) {
  UniqueFd local(::open(upload.local_path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!local) return errno_error("opening " + upload.local_path, errno);
  const Wait wait{Deadline::in(upload.stall_timeout), cancel};
  Result<SftpChannel> channel = SftpChannel::open(handle_.get(), wait);
  if (!channel) return channel.error();
  Uploading uploading(std::move(*channel), upload, std::move(local), cancel);
  const Status status = uploading.run();
  if (uploading.left_behind()) {
    clogged_ = true;
    const linger drop{1, 0};
    ::setsockopt(ssh_get_fd(handle_.get()), SOL_SOCKET, SO_LINGER, &drop, sizeof drop);
  }
  return status;
}

}  // namespace arcus::ssh
