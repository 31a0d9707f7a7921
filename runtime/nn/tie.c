/* Tied layers: see tie.h. */
#include "nn/tie.h"

#include <string.h>

static const LnLayerType *layer_type(const LnItem *item) {
  return (const LnLayerType *)ln_item_type(item);
}

/* Options that a layer has in common with the one that it is tied to. */
static const char *const shared_options[] = {"kernel", "stride", "dilation", "padding", "groups"};

static LnStatus take_option(LnItem *item, LnItem *to, const char *name, LnError *err) {
  const LnParam *own = ln_param_find(ln_item_type(item)->params, name);
  const LnParam *other = ln_param_find(ln_item_type(to)->params, name);
  if (own == NULL || other == NULL || ln_item_given(item, name)) return LN_OK;
  LnValue value = ln_param_get(ln_item_options(to), other);
  bool none = value.kind == LN_TEXT && strcmp(value.text, "valid") == 0;
  if (none) value = (LnValue){.kind = LN_INTEGER, .integer = 0};
  return ln_item_set(item, name, value, err);
}

/* Pixels around the image that are not zeros have no counterpart in a layer without that option. */
static LnStatus check_padding_mode(LnItem *item, LnItem *to, LnError *err) {
  const LnParam *mode = ln_param_find(ln_item_type(to)->params, "padding_mode");
  if (mode == NULL || ln_param_find(ln_item_type(item)->params, "padding_mode") != NULL) return LN_OK;
  LnValue value = ln_param_get(ln_item_options(to), mode);
  if (strcmp(value.text, "zeros") == 0) return LN_OK;
  return ln_fail(err, LN_EARG,
                 "%s: option 'tied' must be a %s with padding_mode 'zeros', got '%s': the transposed layer has no "
                 "pixels around the image",
                 ln_item_type(item)->name, ln_item_type(to)->name, value.text);
}

LnStatus ln_layer_tie(LnItem *item, LnItem *to, LnError *err) {
  const LnLayerType *type = layer_type(item);
  const char *name = type->type.name;
  if (type->ties_to == NULL)
    return ln_fail(err, LN_EARG, "%s: cannot be tied to another layer; conv_transpose2d can, to a conv2d, and dense",
                   name);
  if (strcmp(ln_item_type(to)->kind, "nn") != 0 || strcmp(ln_item_type(to)->name, type->ties_to) != 0)
    return ln_fail(err, LN_EARG, "%s: option 'tied' must be a %s, got %s.%s", name, type->ties_to,
                   ln_item_type(to)->kind, ln_item_type(to)->name);
  if (ln_item_tied(to) != NULL)
    return ln_fail(err, LN_EARG, "%s: option 'tied' is a %s that is tied itself; give the one it is tied to", name,
                   type->ties_to);
  LN_TRY(check_padding_mode(item, to, err));
  for (size_t i = 0; i < sizeof shared_options / sizeof *shared_options; i++)
    LN_TRY(take_option(item, to, shared_options[i], err));
  const LnParam *outputs = ln_param_positional(type->type.params);
  ln_item_tie(item, to);
  if (ln_item_given(item, outputs->name)) return LN_OK;
  LnValue unknown = {.kind = LN_INTEGER, .integer = 1}; /* until it is settled */
  return ln_param_set(ln_item_options(item), outputs, name, unknown, err);
}

LnStatus ln_layer_settle_tied(LnItem *item, LnShape in, LnError *err) {
  const LnParam *outputs = ln_param_positional(ln_item_type(item)->params);
  if (ln_item_given(item, outputs->name)) return LN_OK; /* the graph compares the weights */
  return ln_item_set(item, outputs->name, (LnValue){.kind = LN_INTEGER, .integer = in.d[0]}, err);
}
