#include "session/question_json.h"

#include "base/json_reader.h"

namespace swt {
namespace {

std::string quote_or_null(std::string_view text) { return text.empty() ? "null" : json_quote(text); }

// {"type":…,"sessionId":…, and what else is added.
class Line {
 public:
  Line(std::string_view type, std::string_view session_id) {
    add("type", json_quote(type));
    add("sessionId", quote_or_null(session_id));
  }

  Line& add(std::string_view member, std::string_view value_json) {
    json_.append(json_.empty() ? "{\"" : ",\"").append(member).append("\":").append(value_json);
    return *this;
  }
  Line& add(std::string_view member, int64_t number) { return add(member, std::to_string(number)); }

  std::string end() { return std::move(json_) + '}'; }

 private:
  std::string json_;
};

std::string proof_of(const VerifyQuestion& question) {
  if (question.proof_id.empty()) return "null";
  return R"({"id":)" + json_quote(question.proof_id) + R"(,"attempt":)" + json_quote(question.attempt) +
         R"(,"lifeSeconds":)" + std::to_string(question.proof_life_ms / 1000) + R"(,"max":)" +
         std::to_string(kMaxProofsPerSession) + '}';
}

// What a request brings. The record is the whole text that was registered, so that a store compares texts and no JSON.
Line request_line(std::string_view type, const VerifyQuestion& question) {
  const Session& expected = question.expected;
  Line line(type, expected.id);
  line.add("record", expected.id.empty() ? "null" : json_quote(write_session(expected)));
  line.add("proof", proof_of(question));
  return line;
}

struct Writer {
  std::string operator()(const RegisterQuestion& question) const {
    return Line("register", question.session.id)
        .add("record", json_quote(write_session(question.session)))
        .add("lifeSeconds", session_life_s(0, question.refresh_life_s))
        .add("refreshHash", quote_or_null(question.refresh_hash))
        .end();
  }

  std::string operator()(const VerifyQuestion& question) const { return request_line("verify", question).end(); }

  std::string operator()(const RotateQuestion& question) const {
    return request_line("rotate", question.request)
        .add("presentedHash", json_quote(question.presented_hash))
        .add("successorHash", json_quote(question.successor_hash))
        .add("graceSeconds", kRotationGraceMs / 1000)
        .add("lifeSeconds", session_life_s(0, question.successor_life_s))
        .add("legacy", question.is_legacy ? "true" : "false")
        .end();
  }

  std::string operator()(const RevokeQuestion& question) const { return Line("revoke", question.session_id).end(); }

  std::string operator()(const LookupQuestion& question) const { return Line("lookup", question.session_id).end(); }
};

}  // namespace

std::string write_question(const Question& question) { return std::visit(Writer{}, question); }

}  // namespace swt
