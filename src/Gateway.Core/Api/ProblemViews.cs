namespace Gateway.Core.Api;

/// <summary>Why a request was not done: application/problem+json (RFC 9457) with the fields that are wrong.</summary>
/// <param name="Title">Short, the same for every case of its kind.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">This case, in one sentence.</param>
/// <param name="Errors">Wrong fields; null or empty when no single field is to blame.</param>
public sealed record ProblemView(string? Title, int Status, string? Detail, IReadOnlyList<FieldErrorView>? Errors);

/// <param name="Field">Field of the request, in camelCase.</param>
/// <param name="Value">Value that was sent; empty for secrets.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record FieldErrorView(string Field, string? Value, string Message);
