// A child of fork closes the sockets that it inherited, and nothing else.
#include "stores/redis_socket_list.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace swt {
namespace {

bool is_open(int descriptor) { return fcntl(descriptor, F_GETFD) >= 0; }

int new_socket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

TEST(RedisSocketList, ClosesWhatIsOnIt) {
  RedisSocketList list(2);
  const int first = new_socket();
  const int second = new_socket();
  ASSERT_TRUE(list.add(first));
  ASSERT_TRUE(list.add(second));
  list.remove(first);
  list.close_inherited();
  EXPECT_TRUE(is_open(first));
  EXPECT_FALSE(is_open(second));
  close(first);
}

TEST(RedisSocketList, HasRoomForSoManyAndTakesItBack) {
  RedisSocketList list(2);
  const int sockets[] = {new_socket(), new_socket(), new_socket()};
  EXPECT_TRUE(list.add(sockets[0]));
  EXPECT_TRUE(list.add(sockets[1]));
  EXPECT_FALSE(list.add(sockets[2]));
  list.remove(sockets[2]);
  list.remove(sockets[0]);
  EXPECT_TRUE(list.add(sockets[2]));
  for (const int descriptor : sockets) close(descriptor);
}

TEST(RedisSocketList, TakesSocketsOnly) {
  RedisSocketList list(1);
  const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_FALSE(list.add(file));
  EXPECT_FALSE(list.add(-1));
  close(file);
}

// A child may have closed everything and opened files of its own, under the same numbers, before it comes here.
TEST(RedisSocketList, LeavesAloneWhatHasTheNumberByNow) {
  RedisSocketList list(2);
  const int first = new_socket();
  const int second = new_socket();
  ASSERT_TRUE(list.add(first));
  ASSERT_TRUE(list.add(second));
  const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int other = new_socket();
  ASSERT_EQ(dup2(file, first), first);
  ASSERT_EQ(dup2(other, second), second);
  list.close_inherited();
  EXPECT_TRUE(is_open(first));
  EXPECT_TRUE(is_open(second));
  for (const int descriptor : {first, second, file, other}) close(descriptor);
}

}  // namespace
}  // namespace swt
