namespace Yunnao.Standards.Quality;

/// <summary>The data set with a record a person, and its items of birth and sex.</summary>
public sealed record PersonFacts(string DataSet, string Birth, string Sex);
