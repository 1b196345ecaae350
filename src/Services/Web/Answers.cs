using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Yunnao.Kernel;

namespace Yunnao.Services.Web;

/// <summary>From the result of a call to the answer of an endpoint.</summary>
public static class Answers
{
    public static Results<Ok<T>, ProblemAnswer> Of<T>(Result<T> result) =>
        result.Try(out var value, out var problem) ? TypedResults.Ok(value) : new ProblemAnswer(problem);

    /// <summary>204 when there is no problem.</summary>
    public static Results<NoContent, ProblemAnswer> Of(Problem? problem) => problem is null ? TypedResults.NoContent() : new ProblemAnswer(problem);
}
