/* Schedules, clipping, accumulation, averages, rates by layer, freezing and penalties on weights against PyTorch, on
 * one to three threads.
 *
 * 20 steps of another batch each, of two dense layers with tanh between them. tests/reference/updates.py printed the
 * parameters that are left, in float64. */
#include "base/parallel.h"
#include "lunet.h"
#include "support/formula.h"
#include "support/support.h"
#include "support/train.h"

enum { STEPS = 20, BATCH = 5, PARAMETERS = 23 };

static const char *const first_layer[] = {"dense_1"};
static const double tenth[] = {0.1};
static const char *const every[] = {"*"};
static const char *const by_name[] = {"*.bias", "dense_1", "dense_2", "dense_2.b*"};

static const struct {
  const LnType *optim;
  const char *optim_options;
  const char *schedule; /* options of a cosine, or NULL */
  LnUpdateOptions options;
  int frozen_until;     /* the first layer's weight: for so many steps */
  double last_loss;     /* 0: not compared */
  double want[PARAMETERS];
} runs[] = {
    /* Adam, LinearLR for 5, then CosineAnnealingLR */
    {.optim = &ln_optim_adam.type, .optim_options = "{\"lr\": 0.05}",
     .schedule = "{\"warmup\": 5}", .options = {.steps = STEPS},
     .want = {-0.342406059, -0.172523387, 0.139568256, 0.630540268, 0.254893918, -0.462613068, -0.613452675,
              0.849079392, -0.621017479, -0.00215487759, 0.182235012, 0.37047798, 0.540258067, -0.266989826,
              0.610241948, 0.187391451, -0.169572552, 0.459855647, 0.590029, -0.221165228, -0.624675721, -0.225750697,
              0.18840109}},
    /* SGD, clip_grad_norm_(0.1) */
    {.optim = &ln_optim_sgd.type, .optim_options = "{\"lr\": 0.2, \"momentum\": 0.9}",
     .options = {.clip_norm = 0.1},
     .want = {-0.432171274, -0.0882973599, 0.241293457, 0.789489203, 0.287224598, -0.603464193, -0.695539417,
              0.843656181, -0.428618805, -0.105633308, 0.0182670825, 0.16512439, 0.387856889, -0.097262829,
              0.750648984, 0.0378358223, -0.109171067, 0.380748977, 0.46758922, -0.282839842, -0.581815591,
              -0.0984769777, 0.375038419}},
    /* SGD, clip_grad_value_(0.05) */
    {.optim = &ln_optim_sgd.type, .optim_options = "{\"lr\": 0.2, \"momentum\": 0.9}",
     .options = {.clip_value = 0.05},
     .want = {-0.483992272, -0.197061699, 0.0940532607, 0.755535467, 0.100590843, -0.535815978, -0.615262569,
              0.766926616, -0.34061837, -0.00965291564, 0.0269606583, 0.325131388, 0.495826153, -0.126870275,
              0.933391195, 0.0329376569, -0.192939465, 0.315932161, 0.249744204, -0.510962301, -0.513778348,
              -0.122327586, 0.211951428}},
    /* Adam, gradients of 4 batches, loss / 4, clip_grad_norm_(0.2) */
    {.optim = &ln_optim_adam.type, .optim_options = "{\"lr\": 0.05}",
     .options = {.clip_norm = 0.2, .accumulate = 4},
     .want = {-0.347359495, -0.161825558, 0.106429185, 0.618060296, 0.242200714, -0.468078727, -0.522197605,
              0.965290831, -0.58880846, -0.089770871, 0.15421947, 0.264354788, 0.440271784, -0.202320826, 0.660708613,
              0.206765966, -0.165005503, 0.451157894, 0.642295415, -0.206557635, -0.750035307, -0.286167857,
              0.0876793706}},
    /* SGD, AveragedModel with get_ema_multi_avg_fn(0.9) */
    {.optim = &ln_optim_sgd.type, .optim_options = "{\"lr\": 0.2, \"momentum\": 0.9}",
     .options = {.ema = 0.9},
     .want = {-0.340173498, -0.284231532, 0.0322844067, 0.644253608, 0.41530981, -0.421315459, -0.540656701,
              0.746335009, -0.132926221, 0.236765581, 0.263968474, 0.461961027, 0.250456563, -0.381108178, 0.717558403,
              -0.216764844, 0.245498747, 0.247242856, -0.0296010825, -0.156209486, -0.300686878, -0.0360435711,
              0.026907218}},
    /* SGD, AveragedModel, after steps 10, 15, 20 */
    {.optim = &ln_optim_sgd.type, .optim_options = "{\"lr\": 0.2, \"momentum\": 0.9}",
     .options = {.swa = true, .average_from = 5, .average_every = 5},
     .want = {-0.32178986, -0.332409984, -0.0079166544, 0.596731077, 0.439633234, -0.367768538, -0.505182704,
              0.729421667, -0.0248224627, 0.326649919, 0.294190001, 0.557933021, 0.239085455, -0.47046453, 0.708839747,
              -0.289818955, 0.365003689, 0.212133728, -0.140616718, -0.131226723, -0.216284101, 0.0229758481,
              -0.0694848373}},
    /* AdamW with weight_decay=0.1 and a tenth of the rate for the first layer */
    {.optim = &ln_optim_adam.type,
     .optim_options = "{\"lr\": 0.05, \"weight_decay\": 0.1, \"decoupled_weight_decay\": true}",
     .options = {.n_rates = 1, .rate_patterns = first_layer, .rate_factors = tenth},
     .want = {-0.392212762, -0.0973462733, 0.226096908, 0.777666359, 0.311004145, -0.575617836, -0.687817784,
              0.812103283, -0.561546404, -0.0666774599, 0.115629062, 0.13766166, 0.246400364, -0.0119379158,
              0.816110051, 0.00575304243, 0.0416584475, 0.364371388, 0.424275509, -0.259499673, -0.406719134,
              -0.209603679, 0.324794147}},
    /* Adam, the first layer's weight frozen for 8 steps */
    {.optim = &ln_optim_adam.type, .optim_options = "{\"lr\": 0.05}",
     .frozen_until = 8,
     .want = {-0.703512244, -0.0714383157, 0.307324536, 0.795391104, 0.0324383158, -0.39194547, -0.550494148,
              0.960786266, -0.105589261, -0.190410663, -0.207816622, 0.140766525, 0.515137646, -0.283389507,
              0.625836316, 0.0227819054, 0.0144615394, 0.408581975, 0.368065869, -0.151764344, -0.600275241,
              -0.208869226, 0.176379695}},
    /* SGD, 0.01 |w| + 0.05 w^2 of kernels, clip_grad_norm_(0.5) */
    {.optim = &ln_optim_sgd.type, .optim_options = "{\"lr\": 0.2, \"momentum\": 0.9}",
     .options = {.clip_norm = 0.5, .n_penalties = 1, .penalty_patterns = every,
                 .penalties = (const LnPenalty[]){{0.01, 0.05}}},
     .last_loss = 0.531670463,
     .want = {0.22020391, -0.00406189407, -0.162989643, -0.200345148, -0.0346446131, 0.17430441, 0.149096766,
              -0.183871094, 0.330387286, 0.0172875104, -0.0878677224, 0.023908443, 0.0123546801, -0.347363674,
              0.599894188, -0.0980325424, 0.276823354, -0.206707404, -0.339020807, -0.198515442, 0.234036932,
              0.00369673599, -0.0873150194}},
    /* Adam, penalties of kernels and biases, gradients of 4 batches, loss / 4 */
    {.optim = &ln_optim_adam.type, .optim_options = "{\"lr\": 0.05}",
     .options = {.accumulate = 4, .n_penalties = 4, .penalty_patterns = by_name,
                 .penalties = (const LnPenalty[]){{0, 0.1}, {0.02, 0}, {0, 0.01}, {0.03, 0}}},
     .last_loss = 0.485553925,
     .want = {-0.231889977, -0.0544889534, 0.0508386258, 0.589729171, 0.0963723131, -0.41094169, -0.476912164,
              0.586504769, -0.581676572, 0.01458104, 0.104207564, 0.24065204, 0.425826584, -0.188871763, 0.635581401,
              0.221112893, -0.165923682, 0.468468887, 0.642618748, -0.200835173, -0.758783794, -0.252926999,
              0.0808508109}},
};

static LnNetwork *make_network(void) {
  LnError err;
  LnNetwork *net = NULL;
  CK_OK(ln_network_from_json(&net,
                             "{\"input\":[4],\"layers\":[{\"type\":\"dense\",\"inputs\":[0],\"units\":3,"
                             "\"activation\":\"tanh\"},{\"type\":\"dense\",\"inputs\":[1],\"units\":2}]}",
                             &err));
  for (int i = 0; i < ln_network_tensors(net); i++) {
    LnTensor *view = NULL;
    CK_OK(ln_network_tensor(&view, net, i, &err));
    LnTensor *values = test_formula_tensor(view->shape, (uint32_t)(10 + i), -1, 1);
    CK_OK(ln_tensor_copy(view, values, &err));
    ln_tensor_unref(values), ln_tensor_unref(view);
  }
  ln_network_weights_changed(net);
  return net;
}

static void read_parameters(float *out, LnNetwork *net) {
  LnError err;
  for (int i = 0; i < ln_network_tensors(net); i++) {
    LnTensor *view = NULL;
    CK_OK(ln_network_tensor(&view, net, i, &err));
    ln_tensor_read(out, view);
    out += ln_shape_count(view->shape);
    ln_tensor_unref(view);
  }
}

/* Returns the last loss. */
static double train(LnTrainer *trainer, LnNetwork *net, int frozen_until) {
  LnError err;
  double loss = 0;
  for (int step = 1; step <= STEPS; step++) {
    LnTensor *x = test_formula_tensor(LN_SHAPE(BATCH, 4), (uint32_t)(100 + step), -1, 1);
    LnTensor *t = test_formula_tensor(LN_SHAPE(BATCH, 2), (uint32_t)(200 + step), -1, 1);
    if (frozen_until > 0) CK_OK(ln_network_freeze(net, &(const char *){"dense_1.w*"}, 1, step <= frozen_until, &err));
    CK_OK(ln_trainer_step(trainer, &loss, x, t, &err));
    ln_tensor_unref(x), ln_tensor_unref(t);
  }
  return loss;
}

static void follow(float *got, int run) {
  LnError err;
  LnNetwork *net = make_network();
  LnTrainer *trainer =
      test_trainer(net, test_item(&ln_loss_mse.type, "{}"), test_item(runs[run].optim, runs[run].optim_options));
  LnUpdate *update = ln_trainer_update(trainer);
  LnUpdateOptions options = runs[run].options;
  if (runs[run].schedule != NULL) options.schedule = test_item(&ln_schedule_cosine.type, runs[run].schedule);
  CK_OK(ln_update_configure(update, &options, &err));
  double loss = train(trainer, net, runs[run].frozen_until);
  if (runs[run].last_loss != 0) ck_assert_double_eq_tol(loss, runs[run].last_loss, 1e-5 * loss);
  if (options.ema > 0 || options.swa) CK_OK(ln_update_swap(update, &err));
  read_parameters(got, net);
  ck_assert_int_eq(ln_update_count(update), options.accumulate > 1 ? STEPS / options.accumulate : STEPS);
  ln_item_unref(options.schedule);
  ln_trainer_unref(trainer), ln_network_unref(net);
}

START_TEST(parameters_follow_torch) {
  float one[PARAMETERS], more[PARAMETERS];
  ln_set_threads(1);
  follow(one, _i);
  ck_assert_near(runs[_i].optim_options, one, runs[_i].want, PARAMETERS, 1e-5);
  for (int threads = 2; threads <= 3; threads++) {
    ln_set_threads(threads);
    follow(more, _i);
    ck_assert_mem_eq(one, more, sizeof one);
  }
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, parameters_follow_torch, 0, (int)(sizeof runs / sizeof *runs));
}
