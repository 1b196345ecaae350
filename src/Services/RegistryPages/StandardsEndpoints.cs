using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Loading;
using Yunnao.Standards.Search;

namespace Yunnao.Services.RegistryPages;

/// <summary>The registry: found, shown and checked.</summary>
public static class StandardsEndpoints
{
    /// <param name="folder">Folder of the registry.</param>
    public static void MapStandards(this IEndpointRouteBuilder api, string folder)
    {
        var standards = api.MapGroup("/standards").WithTags("standards");
        standards.MapGet("/", (string? words, int? most, Registry registry) => RegistrySearch.Find(registry, words ?? "", Math.Clamp(most ?? 30, 1, 1000)))
            .Needs(Duty.SignedIn).WithSummary("Finds entries: every word is in the id, a name, the definition or the source");
        RegistryLoad? sound = null;
        standards.MapGet("/check", () =>
            {
                var load = RegistryLoader.Load(folder, Volatile.Read(ref sound));
                if (load.Problems.Count == 0) Volatile.Write(ref sound, load);
                return load.Problems;
            })
            .Needs(Duty.SignedIn).WithSummary("Every mistake of the registry's files as they are now; an empty list is a sound registry");
        standards.MapGet("/{id}", Show).Needs(Duty.SignedIn).WithSummary("One entry: data set, item, value set, element, mapping, code map, rule or code");
        standards.MapGet("/{id}/schema", Schema).Needs(Duty.SignedIn).WithSummary("JSON Schema of a data set's records");
    }

    private static Results<Ok<EntryView>, ProblemAnswer> Show(string id, Registry registry) =>
        RegistryLookup.Find(registry, id).Try(out var entry, out var problem) ? TypedResults.Ok(EntryView.Of(entry, id)) : new ProblemAnswer(problem);

    private static IResult Schema(string id, Registry registry) => RegistryLookup.FindDataSet(registry, id).Try(out var dataSet, out var problem)
        ? Results.Content(JsonSchema.Build(dataSet), "application/schema+json")
        : new ProblemAnswer(problem);
}
