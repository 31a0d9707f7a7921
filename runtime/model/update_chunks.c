/* How the work of an update is divided: into chunks of the trained numbers, the same for any number of threads. */
#include <string.h>

#include "model/update_parts.h"

int64_t ln_update_chunks(const LnUpdate *u) {
  return (u->size + LN_UPDATE_CHUNK - 1) / LN_UPDATE_CHUNK;
}

bool ln_update_next_part(LnUpdatePart *part, const LnUpdate *u, int64_t chunk) {
  int64_t begin = chunk * LN_UPDATE_CHUNK, end = begin + LN_UPDATE_CHUNK;
  while (++part->range < u->n_ranges) {
    const LnParameterRange *range = &u->ranges[part->range];
    part->from = begin > range->offset ? begin : range->offset;
    part->to = end < range->offset + range->size ? end : range->offset + range->size;
    if (part->from < part->to && (part->all || !ln_network_tensor_frozen(u->net, range->tensor))) return true;
  }
  return false;
}

float *ln_update_parameters(const LnUpdate *u, LnUpdatePart part) {
  const LnParameterRange *range = &u->ranges[part.range];
  return u->net->parameters.data[range->tensor] + (part.from - range->offset);
}

LnTensor *ln_update_find_array(const LnUpdate *u, const char *name) {
  for (int k = u->n_states; k < u->n_arrays; k++)
    if (strcmp(u->array_names[k], name) == 0) return u->arrays[k];
  return NULL;
}
