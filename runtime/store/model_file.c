/* Networks in safetensors files: see model_file.h. Metadata: "format" = "lunet"; "lunet.architecture", the network as
 * JSON; "lunet.epochs" and "lunet.steps", how far it was trained; "lunet.scaling", its scale of
 * intensities, where it has one; "lunet.record", the caller's text. */
#include "store/model_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/json.h"
#include "base/memory.h"
#include "store/safetensors.h"

/* Words of LnScaleKind in files. */
static const char *const scale_kinds[] = {"none", "minmax", "percentile", "zscore"};

/* {"kind": "zscore", "shift": 0.25, "factor": 0.1}, ln_alloc'ed; NULL for none. */
static LnStatus scaling_text(char **out, LnScaling scaling, LnError *err) {
  *out = NULL;
  if (scaling.kind == LN_SCALE_NONE) return LN_OK;
  json_t *object = json_pack("{s: s, s: f, s: f}", "kind", scale_kinds[scaling.kind], "shift", scaling.shift, "factor",
                             scaling.factor);
  LnStatus status = object == NULL ? ln_fail_memory(err, "scaling", 64) : ln_json_print(out, object, err);
  json_decref(object);
  return status;
}

static LnStatus save_tensors(const char *path, LnNetwork *net, LnNamedTensor *list, int n, const char *architecture,
                             const char *scaling, const char *record, LnError *err) {
  char epochs[24], steps[24];
  LnTrained trained = ln_network_trained(net);
  snprintf(epochs, sizeof epochs, "%" PRId64, trained.epochs);
  snprintf(steps, sizeof steps, "%" PRId64, trained.steps);
  LnMeta meta[6] = {{"format", "lunet"}, {"lunet.architecture", architecture}, {"lunet.epochs", epochs},
                    {"lunet.steps", steps}};
  int n_meta = 4;
  if (scaling != NULL) meta[n_meta++] = (LnMeta){"lunet.scaling", scaling};
  if (record != NULL) meta[n_meta++] = (LnMeta){"lunet.record", record};
  for (int i = 0; i < n; i++) {
    list[i].name = ln_network_tensor_name(net, i);
    LN_TRY(ln_network_tensor(&list[i].tensor, net, i, err));
  }
  return ln_safetensors_save(path, list, n, meta, n_meta, err);
}

LnStatus ln_model_save(const char *path, LnNetwork *net, const char *record, LnError *err) {
  if (!ln_network_built(net))
    return ln_fail(err, LN_EARG,
                   "cannot save '%.300s': the network has no parameters yet; build it for an input shape first", path);
  int n = ln_network_tensors(net);
  char *architecture = NULL, *scaling = NULL;
  LnNamedTensor *list = ln_calloc((size_t)n, sizeof *list);
  LnStatus status = list == NULL ? ln_fail_memory(err, path, (size_t)n * sizeof *list) : LN_OK;
  if (status == LN_OK) status = ln_network_to_json(&architecture, net, err);
  if (status == LN_OK) status = scaling_text(&scaling, ln_network_scaling(net), err);
  if (status == LN_OK) status = save_tensors(path, net, list, n, architecture, scaling, record, err);
  for (int i = 0; list != NULL && i < n; i++) ln_tensor_unref(list[i].tensor);
  ln_free(list);
  ln_free(architecture);
  ln_free(scaling);
  return status;
}

/* ---- A file's tensors for a network: LnTensorSource ---- */

typedef struct Source {
  const LnSafetensors *file;
  int wanted; /* tensors that were asked about */
} Source;

static LnStatus check_tensor(void *context, const char *name, LnShape shape, LnError *err) {
  Source *source = context;
  int index = 0;
  source->wanted++;
  LN_TRY(ln_safetensors_find(&index, source->file, name, err));
  LnShape stored = ln_safetensors_shape(source->file, index);
  if (!ln_shape_equal(stored, shape))
    return ln_fail(err, LN_EFORMAT, "tensor '%s' has shape %s, but the architecture needs %s", name,
                   LN_SHAPE_TEXT(stored), LN_SHAPE_TEXT(shape));
  return LN_OK;
}

static LnStatus read_tensor(LnTensor *to, void *context, const char *name, LnError *err) {
  const Source *source = context;
  LnTensor *from = NULL;
  LN_TRY(ln_safetensors_get(&from, source->file, name, err));
  int64_t at = ln_tensor_find_nonfinite(from);
  LnStatus status = LN_OK;
  if (at >= 0)
    status = ln_fail(err, LN_ENUMERIC, "weights of layer %.*s contain %s: element %" PRId64 " of tensor '%s'",
                     (int)strcspn(name, "."), name, isnan(from->data[at]) ? "NaN" : "infinity", at + 1, name);
  else
    status = ln_tensor_copy(to, from, err);
  ln_tensor_unref(from);
  return status;
}

static LnStatus make_network(LnNetwork **out, const LnSafetensors *file, const LnCustomSource *custom, LnError *err) {
  const char *format = ln_safetensors_meta(file, "format");
  const char *architecture = ln_safetensors_meta(file, "lunet.architecture");
  if (format == NULL || strcmp(format, "lunet") != 0 || architecture == NULL)
    return ln_fail(err, LN_EFORMAT, "a safetensors file of another kind: its metadata holds no lunet network; "
                   "ln.load_tensors reads its tensors");
  Source context = {.file = file};
  const LnTensorSource source = {.context = &context, .check = check_tensor, .read = read_tensor};
  LN_TRY(ln_network_restore(out, architecture, &source, custom, err));
  if (ln_safetensors_count(file) == context.wanted) return LN_OK; /* none is there twice */
  return ln_fail(err, LN_EFORMAT, "it holds %d tensors, but the architecture needs %d", ln_safetensors_count(file),
                 context.wanted);
}

/* A count in the metadata; 0 where there is none, as in files of before. */
static LnStatus load_count(int64_t *out, const LnSafetensors *file, const char *key, LnError *err) {
  const char *text = ln_safetensors_meta(file, key);
  char *end = NULL;
  *out = text == NULL ? 0 : strtoll(text, &end, 10);
  if (text != NULL && (end == text || *end != '\0' || *out < 0 || *out > INT64_MAX / 2))
    return ln_fail(err, LN_EFORMAT, "its metadata's '%s' is no count: '%s'", key, LN_ESCAPED(text));
  return LN_OK;
}

static LnStatus load_trained(LnNetwork *net, const LnSafetensors *file, LnError *err) {
  LnTrained trained;
  LN_TRY(load_count(&trained.epochs, file, "lunet.epochs", err));
  LN_TRY(load_count(&trained.steps, file, "lunet.steps", err));
  ln_network_set_trained(net, trained);
  return LN_OK;
}

static bool take_scaling(LnScaling *out, const json_t *json) {
  const char *kind = NULL;
  if (json_unpack((json_t *)(uintptr_t)json, "{s: s, s: F, s: F}", "kind", &kind, "shift", &out->shift, "factor",
                  &out->factor) != 0)
    return false;
  for (int i = LN_SCALE_MINMAX; i <= LN_SCALE_ZSCORE; i++)
    if (strcmp(kind, scale_kinds[i]) == 0) out->kind = (LnScaleKind)i;
  return out->kind != LN_SCALE_NONE && isfinite(out->shift) && isfinite(out->factor) && out->factor > 0;
}

static LnStatus load_scaling(LnNetwork *net, const LnSafetensors *file, LnError *err) {
  const char *text = ln_safetensors_meta(file, "lunet.scaling");
  LnScaling scaling = {LN_SCALE_NONE, 0, 0};
  json_t *json = NULL;
  if (text == NULL) return LN_OK;
  LN_TRY(ln_json_parse(&json, text, strlen(text), "its metadata's 'lunet.scaling'", err));
  bool good = take_scaling(&scaling, json);
  json_decref(json);
  if (!good) return ln_fail(err, LN_EFORMAT, "its metadata's 'lunet.scaling' is no scale: '%s'", LN_ESCAPED(text));
  ln_network_set_scaling(net, scaling);
  return LN_OK;
}

static LnStatus load_record(char **record, const LnSafetensors *file, LnError *err) {
  const char *text = ln_safetensors_meta(file, "lunet.record");
  *record = NULL;
  if (text == NULL) return LN_OK;
  *record = ln_strdup(text);
  return *record == NULL ? ln_fail_memory(err, "record", strlen(text) + 1) : LN_OK;
}

LnStatus ln_model_load(LnNetwork **out, char **record, const char *path, const LnCustomSource *custom, LnError *err) {
  LnError why;
  LnSafetensors *file = NULL;
  LnNetwork *net = NULL;
  LN_TRY(ln_safetensors_open(&file, path, err));
  LnStatus status = make_network(&net, file, custom, &why);
  if (status == LN_OK) status = load_trained(net, file, &why);
  if (status == LN_OK) status = load_scaling(net, file, &why);
  if (status == LN_OK && record != NULL) status = load_record(record, file, &why);
  ln_safetensors_close(file);
  if (status != LN_OK) {
    ln_network_unref(net);
    if (status == LN_EARG || status == LN_ESHAPE) status = LN_EFORMAT; /* an architecture that nobody would write */
    return ln_fail(err, status, "cannot load '%.240s': %s", path, why.msg);
  }
  *out = net;
  return LN_OK;
}
