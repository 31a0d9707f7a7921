-- The numbers that Gondara (2016) printed: SSIM, means over test images, in Tables II to IV.
local numbers = {}

-- Table II, by dataset.
numbers.two = {
  MMM = { noisy = 0.45, cnn_dae = 0.81, median = 0.73 },
  DX = { noisy = 0.62, cnn_dae = 0.88, median = 0.86 },
}

-- Table III: CNN DAE (a) was trained on the smaller dataset, (b) on the combined one.
numbers.three = { noisy = 0.63, nlmeans = 0.62, median = 0.80, cnn_dae_a = 0.89, cnn_dae_b = 0.90 }

-- Table IV, by the condition's name in conditions.lua. The column "Poisson, lambda = 5" is printed once; what belongs
-- to which lambda was found by measuring: see numbers.slips.
numbers.four = {
  ["p0.5"] = { noisy = 0.10, nlmeans = 0.25, median = 0.28, cnn_dae = 0.70 },
  sd5 = { noisy = 0.03, nlmeans = 0.03, median = 0.11, cnn_dae = 0.55 },
  sd10 = { noisy = 0.01, nlmeans = 0.01, median = 0.03, cnn_dae = 0.39 },
  lambda1 = { noisy = 0.33, cnn_dae = 0.85 },
  lambda5 = { nlmeans = 0.15, median = 0.17 },
}

-- What does not fit in the paper, as paragraphs for the report. Numbers that are typed here were measured once, on the
-- images that they name.
numbers.slips = {
  "Numbers in these paragraphs that the paper does not print were measured at 64x64 on 282 mammograms of mini-MIAS and "
    .. "on 146 other cephalograms than the paper's, whatever images this report is of.",
  "**The combined set cannot be.** It is said to have 721 images for training and 100 for testing, but 322 + 400 are "
    .. "722 images in all. Its noisy and median rows, 0.63 and 0.80, are about those of cephalograms (0.62 and 0.86 in "
    .. "Table II); a mixture of 322 to 400 would have 0.54 noisy. So its 100 test images seem to be those of DX, and "
    .. "the other 622 images to train. Here the combined set is the training images of both sets (600 where all images "
    .. "are there), so that no network has seen what it is tested on; Table III is for test images of the second set, "
    .. "and once more for those of both.",
  "**Table IV does not say which images it is of.** At p = 0.5 its noisy and median rows are 0.10 and 0.28. The "
    .. "146 cephalograms have 0.09 and 0.28, the 282 mammograms 0.07 and 0.21; so it is of the second set here.",
  "**Table I and Table IV differ.** Table I lists sd = 2, for which no result is given; results are given for sd = 10, "
    .. "which Table I does not list. Both are run here.",
  "**The Poisson column mixes two noises.** Its noisy row is 0.33 and its median row 0.17: no filter that takes the "
    .. "median halves the SSIM. On the 146 cephalograms lambda = 1 gives 0.30 noisy, lambda = 5 gives 0.18 after the "
    .. "median. So the noisy row and the network's are taken for lambda = 1, the filters' for lambda = 5.",
  "**Equation (10) is misprinted.** Its numerator is sigma_xy + C3, without the factor 2.",
  "**p is no share of the pixels.** \"Proportion of noise\" reads like one, but with noise on a tenth of the pixels a "
    .. "3x3 median would score 0.98 on the 282 mammograms, where Table II has 0.73, and with half of them 0.61 on the "
    .. "146 cephalograms, where Table IV has 0.28. The noise is x + p n on every pixel, not clipped.",
  "**SSIM has a data range of 2**, as scikit-image took it for images of floats. It flatters: 0.45 instead of "
    .. "0.33 for the 282 mammograms in noise of p = 0.1. It stands here as the paper's, beside SSIM after Wang et al. "
    .. "(2004): Gaussian window, range 1.",
  "**The filters are not tuned.** NL means makes nothing better in Table III (0.62 after 0.63 before) and nothing of "
    .. "the strongest noises in Table IV (0.03 and 0.01, as noisy), though it helps at p = 0.5 (0.25 after 0.10). One "
    .. "setting does all of this, patches of 3x3 searched for 21 pixels around with h = 0.35: too much where the noise "
    .. "is weak, too little where it is strong. Nor does a 3x3 median do much about strong noise. Tuned filters stand "
    .. "beside them here.",
  "**Figure 11 is not what comes out here.** There the validation loss does not fall, and the network \"has trouble "
    .. "converging\". On 113 of the 146 cephalograms, in the same noise, it falls from 0.62 to 0.586 at epoch 96 "
    .. "of 100, and the SSIM is 0.55 where 0.39 is printed. In the last epochs it rises a little while the training "
    .. "loss goes on: the noise is drawn once, and the one noisy copy of each image is learnt by heart. With noise "
    .. "drawn anew in each epoch, which costs nothing, it does not, and the SSIM is 0.56 (two seeds, both times).",
  "**Neither loss nor optimizer is named.** Cross-entropy with Adadelta, those of Keras's example of the time, come to "
    .. "the paper's numbers, and stand here. Others may not: with squared error and RMSprop one reproduction was black "
    .. "from the first epoch to the last, without a word from the framework, and another, here on 260 mammograms, was "
    .. "not. (ln.fit says when a network gives the same everywhere.)",
  "**Patients are on both sides.** Mammograms 2k-1 and 2k are the two breasts of one woman; a random split, which the "
    .. "paper must have had, trains on one and tests on the other. `--by-patient` keeps them together.",
}

return numbers
