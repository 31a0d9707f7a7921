/* Linear algebra in Lua: products, decompositions and equations of matrices. */
#include "bindings/base/call.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"
#include "tensor/decompose.h"
#include "tensor/pca.h"
#include "tensor/solve.h"

static int matmul(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1), *b = lnb_check_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_tensor_matmul(&made, a, b, &err));
  return lnb_number_or_tensor(L);
}

static LnTensor *check_vector(lua_State *L, int arg) {
  LnTensor *t = lnb_check_tensor(L, arg);
  if (t->shape.n != 1)
    lnb_error(L, "%s: argument %d: expected a vector, got a tensor of shape %s; for matrices there is matmul",
              lnb_callee(L), arg, LN_SHAPE_TEXT(t->shape));
  return t;
}

static int dot(lua_State *L) {
  LnTensor *a = check_vector(L, 1), *b = check_vector(L, 2);
  if (a->shape.d[0] != b->shape.d[0])
    lnb_error(L, "dot: vectors of %lld and %lld elements", (long long)a->shape.d[0], (long long)b->shape.d[0]);
  LNB_MAKE_TENSOR(L, ln_tensor_matmul(&made, a, b, &err));
  return lnb_number_or_tensor(L);
}

static LnStatus outer_product(LnTensor **out, LnTensor *a, LnTensor *b, LnError *err) {
  LnTensor *column = NULL;
  LN_TRY(ln_tensor_reshape(&column, a, LN_SHAPE(a->shape.d[0], 1), err));
  LnStatus status = ln_tensor_binary(out, LN_MUL, column, b, err);
  ln_tensor_unref(column);
  return status;
}

static int outer(lua_State *L) {
  LnTensor *a = check_vector(L, 1), *b = check_vector(L, 2);
  LNB_MAKE_TENSOR(L, outer_product(&made, a, b, &err));
  return 1;
}

static int svd(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1);
  LNB_MAKE_TENSORS(L, 3, ln_tensor_svd(&made[0], &made[1], &made[2], a, &err));
  return 3;
}

static int qr(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1);
  LNB_MAKE_TENSORS(L, 2, ln_tensor_qr(&made[0], &made[1], a, &err));
  return 2;
}

static int eigh(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1);
  LNB_MAKE_TENSORS(L, 2, ln_tensor_eigh(&made[0], &made[1], a, &err));
  return 2;
}

static int cholesky(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1);
  LNB_MAKE_TENSOR(L, ln_tensor_cholesky(&made, a, &err));
  return 1;
}

static int solve(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1), *b = lnb_check_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_tensor_solve(&made, a, b, &err));
  return 1;
}

static int lstsq(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1), *b = lnb_check_tensor(L, 2);
  LNB_MAKE_TENSOR(L, ln_tensor_lstsq(&made, a, b, &err));
  return 1;
}

static int inv(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1);
  LNB_MAKE_TENSOR(L, ln_tensor_inv(&made, a, &err));
  return 1;
}

static int det(lua_State *L) {
  LnTensor *a = lnb_check_tensor(L, 1);
  LNB_MAKE_TENSOR(L, ln_tensor_det(&made, a, &err));
  return lnb_number_or_tensor(L);
}

static int pca(lua_State *L) {
  LnTensor *x = lnb_check_values(L, 1);
  lua_Integer k = lnb_check_integer(L, 2);
  LNB_MAKE_TENSORS(L, 3, ln_tensor_pca(&made[0], &made[1], &made[2], x, k, &err));
  return 3;
}

#define BATCHES " The last two dimensions are a matrix; those before count matrices, each taken by itself."

const LnbFunction lnb_tensor_linalg_methods[] = {
    {.name = "matmul", .call = matmul,
     .usage = "t:matmul(b: tensor) -> tensor|number",
     .doc = "The matrix product, as in NumPy: MxK and KxN give MxN. A vector is a row on the left, a column on the "
            "right, and its dimension drops out of the result; of two vectors it is a number. Dimensions before the "
            "last two count matrices and broadcast: 8x1x3x4 and 5x4x2 give 8x5x3x2.",
     .example = "t:matmul(u)",
     .numpy = "np.matmul", .torch = "torch.matmul, torch.mm, torch.bmm"},
    {.name = "dot", .call = dot,
     .usage = "t:dot(b: tensor) -> number|tensor",
     .doc = "The sum of the products of two vectors' elements.",
     .example = "ln.tensor{ 1, 2 }:dot(ln.tensor{ 3, 4 })",
     .numpy = "np.dot, np.inner, np.vdot", .torch = "torch.dot"},
    {.name = "outer", .call = outer,
     .usage = "t:outer(b: tensor) -> tensor",
     .doc = "The products of each element of a vector with each of another: M and N give MxN.",
     .example = "ln.tensor{ 1, 2 }:outer(ln.tensor{ 3, 4 })",
     .numpy = "np.outer", .torch = "torch.outer"},
    {.name = "svd", .call = svd,
     .usage = "t:svd() -> tensor, tensor, tensor",
     .doc = "u, s, vt with t = (u * s):matmul(vt): singular values s, the largest first, and vectors, thin: MxN "
            "gives u MxK, s K and vt KxN, K the lesser of M and N (NumPy: full_matrices=False). By LAPACK's gesdd."
            BATCHES " The gradient of u and vt exists where no two singular values are equal.",
     .numpy = "np.linalg.svd", .torch = "torch.linalg.svd"},
    {.name = "qr", .call = qr,
     .usage = "t:qr() -> tensor, tensor",
     .doc = "q, r with t = q:matmul(r): columns of length 1 at right angles, and an upper triangle; MxN gives q MxK "
            "and r KxN, K the lesser of M and N." BATCHES,
     .numpy = "np.linalg.qr", .torch = "torch.linalg.qr"},
    {.name = "eigh", .call = eigh,
     .usage = "t:eigh() -> tensor, tensor",
     .doc = "w, v: the eigenvalues of symmetric matrices, the least first, and an eigenvector a column, so that "
            "t:matmul(v) is v * w. By LAPACK's syevd." BATCHES " A matrix that is not symmetric, up to 1e-4 of its "
            "largest element, is an error that names an entry; the mean of both triangles counts. The gradient of v "
            "exists where no two eigenvalues are equal.",
     .numpy = "np.linalg.eigh, np.linalg.eigvalsh", .torch = "torch.linalg.eigh"},
    {.name = "cholesky", .call = cholesky,
     .usage = "t:cholesky() -> tensor",
     .doc = "The lower triangle l with t = l:matmul(l:transpose(-2, -1)), of matrices that are symmetric, as for "
            "eigh, and positive definite." BATCHES,
     .numpy = "np.linalg.cholesky", .torch = "torch.linalg.cholesky"},
    {.name = "solve", .call = solve,
     .usage = "t:solve(b: tensor) -> tensor",
     .doc = "The x with t x = b: t is NxN, b a vector of N, or NxR with a system a column; x is like b. Dimensions "
            "before the last two count matrices and broadcast. A singular matrix is an error.",
     .example = "t:solve(ln.tensor{ { 1 }, { 2 } })",
     .numpy = "np.linalg.solve", .torch = "torch.linalg.solve"},
    {.name = "lstsq", .call = lstsq,
     .usage = "t:lstsq(b: tensor) -> tensor",
     .doc = "The x for which the length of t x - b is least, and of several the shortest: t is MxN, b a vector of M, "
            "or MxR. Singular values below max(M, N) * 2^-23 of the largest count as zero, as in NumPy.",
     .example = "local points = ln.tensor{ { 1, 1 }, { 1, 2 }, { 1, 3 } }\n"
                "points:lstsq(ln.tensor{ { 1 }, { 2 }, { 2 } })",
     .numpy = "np.linalg.lstsq", .torch = "torch.linalg.lstsq"},
    {.name = "inv", .call = inv,
     .usage = "t:inv() -> tensor",
     .doc = "The inverse of square matrices; t:solve(b) is faster and more accurate than t:inv():matmul(b)."
            BATCHES " A singular matrix is an error.",
     .numpy = "np.linalg.inv", .torch = "torch.linalg.inv"},
    {.name = "det", .call = det,
     .usage = "t:det() -> number|tensor",
     .doc = "The determinant of square matrices." BATCHES,
     .numpy = "np.linalg.det", .torch = "torch.linalg.det"},
    {.name = "pca", .call = pca,
     .usage = "t:pca(k: integer) -> tensor, tensor, tensor",
     .doc = "components, variances, mean: the first k principal components of the samples along dimension 1, which "
            "may have any shape: patches NxD give components KxD, images NxCxHxW give KxCxHxW, the variance of the "
            "samples along each (divided by N - 1), and the mean sample. Components have length 1, stand at right "
            "angles, and come in the order of falling variance, with the sign that makes the largest element "
            "positive, as scikit-learn's. The scores of flat samples are (t - mean):matmul(components:transpose(1, "
            "2)), and what k components keep of t is scores:matmul(components) + mean.",
     .example = "local rows = ln.randn({ 20, 5 }, 1)\n"
                "local components, variances, mean = rows:pca(2)\n"
                "variances",
     .torch = "torch.pca_lowrank"},
    {0}};
