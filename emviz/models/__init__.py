"""The models, one a file."""

from emviz.models.coins import BinomialMixture, BinomialParams
from emviz.models.gaussian import GaussianMixture, GaussianParams
from emviz.models.kmeans import KMeans, KMeansParams
from emviz.models.poisson import PoissonMixture, PoissonParams
from emviz.models.prior import GaussianPrior

__all__ = ["BinomialMixture", "BinomialParams", "GaussianMixture", "GaussianParams", "GaussianPrior", "KMeans",
           "KMeansParams", "PoissonMixture", "PoissonParams"]
